"""The build puts config.yaml into the package.

People edit config.yaml at the top of the repository; a wheel carries that very file, so no second copy can
drift. All else about the package stands in pyproject.toml.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithConfig(build_py):
    """The usual build, and the config that every office starts from."""

    def run(self) -> None:
        """Build; an editable install reads the file where it stands."""
        super().run()
        if not self.editable_mode:
            self.copy_file("config.yaml", str(Path(self.build_lib, "workflow", "config.yaml")))


setup(cmdclass={"build_py": BuildWithConfig})
