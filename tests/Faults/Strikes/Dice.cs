namespace Faults.Strikes;

/// <summary>All random choices of a run. They come from its seed.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    public T Any<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>A time between so many seconds.</summary>
    public TimeSpan Between(double least, double most) => TimeSpan.FromSeconds(least + (_random.NextDouble() * (most - least)));

    public void Shuffle<T>(T[] choices) => _random.Shuffle(choices);
}
