UPDATE store SET skipped = 1;
