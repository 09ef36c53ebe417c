using System.Collections.Concurrent;

namespace AppHost.Workshop;

/// <summary>The source code that the page links to.</summary>
internal static class SourceCode
{
    private const string Exercises = "docs/workshop";

    private static readonly ConcurrentDictionary<Happening, int?> Lines = new();

    /// <returns>The line, from 1. Null if the checkout is not there, or has changed.</returns>
    public static int? LineOf(Happening happening) => Lines.GetOrAdd(happening, static happening =>
        PathOf(happening.File) is { } file
        && Array.FindIndex(File.ReadAllLines(file), line => line.Contains(happening.Code, StringComparison.Ordinal)) is >= 0 and var index
            ? index + 1
            : null);

    /// <returns>The page of the exercise, in the repository. Null if there is none.</returns>
    public static string? ExerciseOf(Happening happening)
    {
        var exercises = LocalFolders.InSolution(Exercises);
        return Directory.Exists(exercises)
            && Directory.EnumerateDirectories(exercises, $"{happening.Exercise:00}-*").FirstOrDefault() is { } folder
                ? $"{Exercises}/{Path.GetFileName(folder)}/README.md"
                : null;
    }

    /// <returns>The text of a file that the page may show. Null for any other one.</returns>
    public static string? Read(string file) =>
        Lines.Keys.Any(known => known.File == file || ExerciseOf(known) == file) && PathOf(file) is { } path
            ? File.ReadAllText(path)
            : null;

    private static string? PathOf(string file) => LocalFolders.InSolution(file) is var path && File.Exists(path) ? path : null;
}
