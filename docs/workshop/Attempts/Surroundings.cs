namespace Attempts;

/// <summary>Where databases and broker are. The AppHost says it.</summary>
internal static class Surroundings
{
    public static string ConnectionString(string name) => Environment.GetEnvironmentVariable($"ConnectionStrings__{name}")
        ?? throw new InvalidOperationException(
            $"ConnectionStrings__{name} is not set. Let the AppHost start the attempt: dotnet run --project AppHost -- --Demo:Attempt=1");
}
