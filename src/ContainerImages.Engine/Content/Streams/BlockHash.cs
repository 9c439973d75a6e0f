using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>
/// Hashes block after block, and writes them: where a processor is idle on a thread of its own, beside the work of whoever hands
/// them in, who meanwhile decodes the block, and reads the next ones.
/// </summary>
/// <param name="algorithm">Of the digest.</param>
/// <param name="target">Where the blocks are written; null for nowhere.</param>
internal sealed class BlockHash(string algorithm, Stream? target) : IDisposable
{
    /// <summary>How many blocks it has at most that were handed in and are not hashed yet.</summary>
    public const int MostWaiting = 3;

    // A thread is not worth its start for less.
    private const long Few = 1024 * 1024;

    private readonly IncrementalHash _hash = Digest.CreateHash(algorithm);
    private readonly Queue<ArraySegment<byte>> _waiting = new(MostWaiting);
    private Thread? _helper;
    private ExceptionDispatchInfo? _failure;
    private bool _isOver;
    private long _count;

    /// <summary>Whether blocks that were handed in are still to be hashed, and must stay as they are.</summary>
    public bool HasWaiting
    {
        get
        {
            lock (_waiting)
            {
                return _waiting.Count > 0;
            }
        }
    }

    /// <summary>Takes bytes, now or later: <see cref="HasWaiting"/> tells. What writing earlier ones has thrown is thrown here, too.</summary>
    public void Append(byte[] block, int offset, int count)
    {
        _count += count;
        if (_count < Few || !BusyThreads.LeaveOneIdle)
        {
            WaitFor(0);
            Take(new ArraySegment<byte>(block, offset, count));
            return;
        }

        WaitFor(MostWaiting - 1);
        lock (_waiting)
        {
            _waiting.Enqueue(new ArraySegment<byte>(block, offset, count));
            Monitor.PulseAll(_waiting);
        }

        if (_helper is null)
        {
            var helper = new Thread(Help) { IsBackground = true, Name = nameof(BlockHash) };
            helper.Start();
            _helper = helper;
        }
    }

    /// <summary>The digest of all that was handed in. Once only, at the end.</summary>
    public Digest GetDigest()
    {
        WaitFor(0);
        return Digest.FromHash(algorithm, _hash.GetHashAndReset());
    }

    public void Dispose()
    {
        lock (_waiting)
        {
            _isOver = true;
            Monitor.PulseAll(_waiting);
        }

        _helper?.Join();
        _hash.Dispose();
    }

    private void WaitFor(int count)
    {
        lock (_waiting)
        {
            while (_waiting.Count > count)
            {
                Monitor.Wait(_waiting);
            }
        }

        _failure?.Throw();
    }

    private void Take(ArraySegment<byte> block)
    {
        _hash.AppendData(block.Array!, block.Offset, block.Count);
        target?.Write(block.Array!, block.Offset, block.Count);
    }

    // A thread and no task: whoever waits for a task spins, and takes from the others what was to be gained.
    private void Help()
    {
        while (Next() is { } block)
        {
            try
            {
                if (_failure is null)
                {
                    Take(block);
                }
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }

            lock (_waiting)
            {
                _waiting.Dequeue();
                Monitor.PulseAll(_waiting);
            }
        }
    }

    private ArraySegment<byte>? Next()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_isOver)
            {
                Monitor.Wait(_waiting);
            }

            return _isOver ? null : _waiting.Peek();
        }
    }
}
