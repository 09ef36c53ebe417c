namespace Faults.Verdict;

/// <summary>
/// Triggers in the receiver's database. They write down what the tables themselves cannot show: that something happened twice, or in the
/// wrong order. They write in the transaction that they watch, so what is rolled back is not counted.
/// </summary>
internal static class Audit
{
    /// <summary>A BEFORE INSERT trigger also sees a row that ON CONFLICT then drops.</summary>
    private const string Triggers = """
        CREATE TABLE audit_deliveries (message_id uuid NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
        CREATE FUNCTION audit_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO audit_deliveries (message_id) VALUES (new.message_id); RETURN new; END $$;
        CREATE TRIGGER audit_delivery BEFORE INSERT ON inbox_messages FOR EACH ROW EXECUTE FUNCTION audit_delivery();

        CREATE TABLE audit_applications (id uuid NOT NULL, version bigint NOT NULL);
        CREATE FUNCTION audit_application() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO audit_applications VALUES (new.id, new.version); RETURN new; END $$;
        CREATE TRIGGER audit_application BEFORE INSERT ON entity_items FOR EACH ROW EXECUTE FUNCTION audit_application();

        CREATE TABLE audit_states (seq bigint GENERATED ALWAYS AS IDENTITY, id uuid NOT NULL, version bigint NOT NULL);
        CREATE FUNCTION audit_state() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO audit_states (id, version) VALUES (new.id, new.version); RETURN new; END $$;
        CREATE TRIGGER audit_state AFTER INSERT OR UPDATE ON entity_items FOR EACH ROW EXECUTE FUNCTION audit_state();
        """;

    public static Task InstallAsync(string receiverDatabase) => Sql.ExecuteAsync(receiverDatabase, Triggers);
}
