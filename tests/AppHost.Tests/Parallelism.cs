// Most of what these tests do is wait: for programs that start, and for programs that end.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
