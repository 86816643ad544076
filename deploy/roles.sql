-- The roles of Lethe, made once by an administrator of the cluster, with psql 14 or newer. Passwords come from the environment.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv backup_password BACKUP_PASSWORD

-- Owns the database, and runs `lethe-api migrate`. It creates no roles: this is the only one that Lethe's schema names.
create role lethe_app nologin;
create role lethe_owner login password :'owner_password';

-- What the API and the workers connect as. It owns nothing.
create role lethe login password :'app_password' in role lethe_app;

-- Reads everything, of all tenants, and writes nothing: for pg_dump alone.
create role lethe_backup login bypassrls password :'backup_password' in role pg_read_all_data;
