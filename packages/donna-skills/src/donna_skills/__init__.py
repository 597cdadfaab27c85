"""What Donna can be taught: workflows that tell coding agents what to do next."""
