"""Row-level security, written into the migration that creates a table.

The policy reads `app.organization_id`, which only `tenants.scope` sets, for one transaction. Without a scope
the setting is missing or empty and the query is an error, not an empty answer. The `(SELECT …)` form is
evaluated once per statement and is used as an index condition (docs/performance.md).
"""

from django.db.migrations import RunSQL

CURRENT = "(SELECT current_setting('app.organization_id')::integer)"


def protect(table: str, column: str = "organization_id") -> RunSQL:
    """Migration operation: only the scope's rows of `table` can be read or written, by its owner too."""
    return RunSQL(
        # The rest of the migration (checks of new foreign keys) runs in the scope of nobody.
        f"""
        SELECT set_config('app.organization_id', '0', true);
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY organization_only ON {table}
            USING ({column} = {CURRENT}) WITH CHECK ({column} = {CURRENT});
        """,
        f"DROP POLICY organization_only ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; "
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    )


def append_only(table: str) -> RunSQL:
    """Migration operation: rows of `table` are neither changed nor deleted, by its owner neither.

    The application's role is not even allowed to try; everybody else meets the trigger.
    """
    return RunSQL(
        f"""
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$;
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        DO $$ BEGIN
            IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
                REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM app;
            END IF;
        END $$;
        """,
        f"DROP TRIGGER append_only ON {table}",
    )


# Tables without an organization, each with the reason why that is safe. tests/tenants/test_isolation.py finds
# every other table by introspection and fails for one that has no policy.
GLOBAL_TABLES = {
    "tenants_user": "one person may belong to several organizations; holds no tenant's data",
    "tenants_user_groups": "Django's own, unused",
    "tenants_user_user_permissions": "Django's own, unused",
    "auth_group": "Django's own, unused",
    "auth_group_permissions": "Django's own, unused",
    "auth_permission": "Django's own, unused",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "account_emailaddress": "a person's addresses and whether they are confirmed; no tenant's data",
    "account_emailconfirmation": "links sent to confirm an address; no tenant's data",
    "mfa_authenticator": "a person's second factors (secrets encrypted), for all organizations they belong to",
    "usersessions_usersession": "where a person is signed in, before an organization is chosen",
    "django_session": "signed in before an organization is chosen; holds ids of the user and of organizations entered",
    "tenants_upkeep": "when the installation was copied and checked: files, sums and key fingerprints, no tenant's rows",
}
# Tables the application's role may not read at all, each with the reason.
WITHHELD_TABLES = {"tenants_slug": "read through two functions that only give ids away"}
