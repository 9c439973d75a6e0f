namespace ContainerImages.Store;

/// <summary>
/// What a user named: text is a name or the start of an ID, or a pattern; an ID is that alone; an object is what it stands for.
/// </summary>
internal sealed class ImageTarget
{
    private ImageTarget(string? text, string? id, ContainerImage? image) => (Text, Id, Image) = (text, id, image);

    public string? Text { get; }

    public string? Id { get; }

    public ContainerImage? Image { get; }

    /// <summary>Whether a text of a few digits may be the start of an ID.</summary>
    public bool ShortIds { get; private init; } = true;

    /// <summary>Beside an ID, words for the one of the image's names that it is shown by.</summary>
    public string? ShownBy { get; private init; }

    /// <summary>The user's own input, for error records.</summary>
    public object Input => (object?)Image ?? Text ?? Id!;

    public static ImageTarget OfText(string text, bool shortIds = true) => new(text, null, null) { ShortIds = shortIds };

    public static ImageTarget OfId(string id, string? shownBy = null) => new(null, id, null) { ShownBy = shownBy };

    public static ImageTarget OfImage(ContainerImage image) => new(null, null, image);

    /// <summary>The input as text.</summary>
    public override string ToString() => Input.ToString() ?? "";
}
