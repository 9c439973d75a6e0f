using System;
using System.Collections.Generic;

namespace ContainerImages.Content;

/// <summary>
/// The base of every error this library throws on purpose. The message says what was being done, to what, and what was
/// found; it never holds a secret. Any other exception out of the library is a defect of it.
/// </summary>
public class ContainerImageException : Exception
{
    /// <summary>Makes an error of a documented kind.</summary>
    /// <param name="error">The documented kind.</param>
    /// <param name="message">
    /// The sentence for the user. Names out of archives may stand in it: control characters in it are shown as
    /// <c>\uXXXX</c>, and of a very long one the middle is left out.
    /// </param>
    /// <param name="inner">The cause, or null.</param>
    public ContainerImageException(ImageError error, string message, Exception? inner = null)
        : base(QuotedText.Show(message), inner) => Error = error;

    /// <summary>The documented kind of the error; its name is the error id of the cmdlets.</summary>
    public ImageError Error { get; }

    /// <summary>
    /// What would fit or what there is, in full: the candidates of an ambiguous name, near names of one that is not there,
    /// the digests of missing blobs, the platforms present. Empty where there is nothing to list.
    /// </summary>
    public IReadOnlyList<string> Candidates { get; internal init => field = value.Sealed(); } = [];
}
