"""Tables and the projects in them."""
