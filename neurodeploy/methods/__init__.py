"""Published methods, Model to Model, one subject a folder; each names its paper and equations."""
