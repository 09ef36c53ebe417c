namespace Messaging;

internal static class ModelCheck
{
    /// <summary>Checks at start that the service's model has a table. Otherwise the first message would find out.</summary>
    /// <param name="db">The service's context.</param>
    /// <param name="part">What the table belongs to: outbox or inbox.</param>
    /// <param name="method">The method that adds the table to the model.</param>
    /// <exception cref="ConfigurationException">The model does not have it.</exception>
    public static void ThrowIfNotInModel<TRow>(this DbContext db, string part, string method)
    {
        if (db.Model.FindEntityType(typeof(TRow)) is null)
        {
            throw new ConfigurationException(
                $"{db.GetType().Name} has no {part}: call modelBuilder.{method}() in its OnModelCreating, and add a migration.");
        }
    }
}
