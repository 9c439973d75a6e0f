using System;

namespace ContainerImages.Content;

/// <summary>
/// A flaw found while parsing a tar, said without its place. Only <see cref="TarReader"/> catches it, to say which entry it
/// is in; it never leaves the reader.
/// </summary>
internal sealed class TarFormatException(string flaw) : Exception(flaw);
