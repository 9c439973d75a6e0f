using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace ContainerImages.Content;

/// <summary>
/// One member of gzip (RFC 1952) without a time or a name. The bytes are cut into stretches of one size, which are compressed
/// on several threads, each with the end of the one before to find matches in, and joined at whole bytes.
/// </summary>
internal sealed class GzipEncoder : LayerEncoder
{
    private const int StretchLength = 512 * 1024;

    // Compressed by deflate, no flags, no time, nothing said of the effort, an unknown system.
    private static readonly byte[] _header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];

    private readonly Stream _target;
    private readonly int _level;
    private readonly EncoderSlots _slots;
    private readonly CancellationToken _cancellation;
    private readonly Queue<Stretch> _underWay = new();
    private readonly Stack<Stretch> _free = new();
    private Stretch _current;
    private uint _checksum;
    private long _count;

    public GzipEncoder(Stream target, int level, EncoderSlots slots, CancellationToken cancellation)
    {
        _target = target;
        _level = level;
        _slots = slots;
        _cancellation = cancellation;
        _current = new Stretch(_level);
        target.Write(_header, 0, _header.Length);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        while (count > 0)
        {
            var taken = _current.Take(buffer, offset, count);
            offset += taken;
            count -= taken;
            if (_current.IsFull)
            {
                var next = _free.Count > 0 ? _free.Pop() : new Stretch(_level);
                next.BeginBehind(_current);
                Start(_current, isLast: false);
                _current = next;
            }
        }
    }

    public override void Complete()
    {
        Start(_current, isLast: true);
        while (_underWay.Count > 0)
        {
            WriteOldest();
        }

        byte[] trailer = new byte[8];
        for (var i = 0; i < 4; i++)
        {
            trailer[i] = (byte)(_checksum >> (8 * i));
            trailer[4 + i] = (byte)(_count >> (8 * i));
        }

        _target.Write(trailer, 0, trailer.Length);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Nobody's memory is given back while a thread writes to it.
            while (_underWay.Count > 0)
            {
                Release(_underWay.Dequeue());
            }

            _current.Dispose();
            while (_free.Count > 0)
            {
                _free.Pop().Dispose();
            }
        }

        base.Dispose(disposing);
    }

    // On another thread where a slot is free; else when the oldest has given back its own. Who has none under way works here.
    private void Start(Stretch stretch, bool isLast)
    {
        _cancellation.ThrowIfCancellationRequested();
        while (_underWay.Count > 0 && _underWay.Peek().IsDone)
        {
            WriteOldest();
        }

        bool hasSlot;
        while (!(hasSlot = _slots.TryTake()) && _underWay.Count > 0)
        {
            WriteOldest();
        }

        _underWay.Enqueue(stretch);
        stretch.Start(isLast, hasSlot);
    }

    private void WriteOldest()
    {
        var stretch = _underWay.Peek();
        stretch.Wait();
        _target.Write(stretch.Output, 0, stretch.OutputLength);
        _checksum = Crc32.Combine(_checksum, stretch.Checksum, stretch.Length);
        _count += stretch.Length;
        Release(_underWay.Dequeue());
        _free.Push(stretch);
    }

    private void Release(Stretch stretch)
    {
        stretch.Wait();
        if (stretch.HasSlot)
        {
            stretch.HasSlot = false;
            _slots.Release();
        }
    }

    /// <summary>Some of the bytes, those before them, and what becomes of them.</summary>
    private sealed class Stretch(int level) : IDisposable
    {
        private readonly DeflateEncoder _encoder = DeflateEncoder.Create(level);
        private byte[] _input = ArrayPool<byte>.Shared.Rent(DeflateSymbols.WindowSize + StretchLength);
        private int _before;
        private int _end;
        private Task _work = Task.CompletedTask;

        public byte[] Output { get; private set; } = ArrayPool<byte>.Shared.Rent(DeflateEncoder.MostBytes(StretchLength));

        public int OutputLength { get; private set; }

        public int Length => _end - _before;

        public uint Checksum { get; private set; }

        public bool HasSlot { get; set; }

        public bool IsFull => Length == StretchLength;

        public bool IsDone => _work.IsCompleted;

        public int Take(byte[] buffer, int offset, int count)
        {
            count = Math.Min(count, StretchLength - Length);
            Buffer.BlockCopy(buffer, offset, _input, _end, count);
            _end += count;
            return count;
        }

        public void BeginBehind(Stretch other)
        {
            _before = _end = Math.Min(other._end, DeflateSymbols.WindowSize);
            Buffer.BlockCopy(other._input, other._end - _before, _input, 0, _before);
        }

        public void Start(bool isLast, bool hasSlot)
        {
            HasSlot = hasSlot;
            if (hasSlot)
            {
                _work = Task.Run(() => Encode(isLast), CancellationToken.None);
            }
            else
            {
                Encode(isLast);
            }
        }

        public void Wait() => _work.GetAwaiter().GetResult();

        public void Dispose()
        {
            ArrayPool<byte>.Shared.Return(_input);
            ArrayPool<byte>.Shared.Return(Output);
            _input = Output = [];
        }

        private void Encode(bool isLast)
        {
            OutputLength = _encoder.Encode(_input, _before, _end, isLast, Output);
            Checksum = Crc32.Compute(_input.AsSpan(_before, Length));
        }
    }
}
