"""SCREENS: the only room that knows Dash and HTTP."""
