"""Every page, in folders by what people come to do."""
