UPDATE store SET dangling = 2;
