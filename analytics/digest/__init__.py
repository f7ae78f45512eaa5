"""What shifted from one month or week to the next, and why: a digest, as a value. Knows no channel and no clock."""
