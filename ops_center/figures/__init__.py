"""PICTURES: data in, plotly figure out."""
