using System;

namespace ContainerImages.Content;

/// <summary>Bytes that grow at the end (netstandard2.0 has no ArrayBufferWriter, and its MemoryStream takes no spans).</summary>
internal sealed class ByteBuffer
{
    private byte[] bytes = new byte[256];
    private int count;

    public ReadOnlySpan<byte> WrittenSpan => bytes.AsSpan(0, count);

    public void Append(byte value)
    {
        Reserve(1);
        bytes[count++] = value;
    }

    public void Append(ReadOnlySpan<byte> values)
    {
        Reserve(values.Length);
        values.CopyTo(bytes.AsSpan(count));
        count += values.Length;
    }

    private void Reserve(int more)
    {
        if (more > bytes.Length - count)
        {
            Array.Resize(ref bytes, Math.Max(checked(count + more), (int)Math.Min(2L * bytes.Length, int.MaxValue / 2)));
        }
    }
}
