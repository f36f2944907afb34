"""What comes in from elsewhere: modules of other frameworks, data, stimuli."""
