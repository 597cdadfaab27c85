"""Google Calendar, by the vendor's own client."""
