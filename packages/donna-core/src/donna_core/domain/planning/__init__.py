"""Finding time: busy intervals, slots, priorities and the reasons for each."""
