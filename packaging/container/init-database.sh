#!/bin/sh
# Run once by the database image, as its superuser.
psql -v ON_ERROR_STOP=1 -U postgres -d "$POSTGRES_DB" -v password="$POSTGRES_PASSWORD" -f /sql/init.sql
