"""What the town tells of itself: stories, sights, the way here, help, announcements; versioned, in three languages."""
