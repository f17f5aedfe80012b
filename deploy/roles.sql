-- The three roles of Kefudesk and what each may do in the database psql is connected to.
-- Run by psql as a superuser; may be run again (a changed password or grant takes effect).
-- Passwords come from the environment: MIGRATE_PASSWORD, APP_PASSWORD, BACKUP_PASSWORD.
\set ON_ERROR_STOP on
\getenv migrate_password MIGRATE_PASSWORD
\getenv app_password APP_PASSWORD
\getenv backup_password BACKUP_PASSWORD

SELECT format('CREATE ROLE %I', role)
FROM unnest(ARRAY['migrate', 'app', 'backup']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec

-- A superuser, and a role with BYPASSRLS, sees every organization's rows: the owner and the program are neither.
ALTER ROLE migrate WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'migrate_password';
ALTER ROLE app WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'app_password';
-- pg_dump needs to read all rows; it can change none.
ALTER ROLE backup WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS
    PASSWORD :'backup_password';

-- template1 gets the grants below too where tests make their own databases, but keeps its owner.
-- Schema public belongs to pg_database_owner, which is whoever owns the database.
SELECT format('ALTER DATABASE %I OWNER TO migrate', current_database())
WHERE current_database() <> 'template1'
UNION ALL
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database())
WHERE current_database() <> 'template1'
UNION ALL
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO app', current_database())
WHERE current_database() <> 'template1'
UNION ALL
SELECT format('GRANT CONNECT ON DATABASE %I TO backup', current_database())
WHERE current_database() <> 'template1'
\gexec

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app, backup;

-- Tables made before this file was (re-)run are not reached by default privileges: grant on them by hand.
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public GRANT SELECT ON TABLES TO backup;
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public GRANT SELECT ON SEQUENCES TO backup;
