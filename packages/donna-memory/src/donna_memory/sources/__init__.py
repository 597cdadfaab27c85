"""What memory is fed from; each source is read along later and never part of anyone's write."""
