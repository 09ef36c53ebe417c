namespace Attempts;

/// <summary>A moment at which a process may die. <see cref="Trial"/> reads of it, and then lets the process go on or kills it.</summary>
internal static class Step
{
    public static void Reached(int item, string step)
    {
        Console.WriteLine($"item {item} was {step}");
        if (Console.ReadLine() is null)
        {
            Environment.Exit(1); // the trial has ended
        }
    }
}
