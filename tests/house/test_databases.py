"""The databases that the other tests stand on are real, empty and the test's own."""

import pytest
from sqlalchemy import create_engine, inspect, text


@pytest.mark.parametrize("_time", ["once", "twice"])
def test_a_test_gets_an_empty_database_whatever_the_test_before_it_wrote(
    bare_database_url: str, _time: str
) -> None:
    engine = create_engine(bare_database_url)
    try:
        with engine.begin() as connection:
            assert inspect(connection).get_table_names() == []
            connection.execute(text("CREATE TABLE communes (name text)"))
            connection.execute(text("INSERT INTO communes VALUES ('Đồng Thịnh')"))
        with engine.connect() as connection:
            assert connection.execute(text("SELECT name FROM communes")).scalars().all() == ["Đồng Thịnh"]
    finally:
        engine.dispose()
    assert engine.dialect.name in bare_database_url
