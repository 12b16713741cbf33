"""The game window: screens draw plain views and send moves. They hold no rules and no other party's numbers."""
