using System.Collections.Generic;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Fuzz.Mutation;

namespace ContainerImages.Fuzz.Targets;

/// <summary>The records of PAX headers.</summary>
internal sealed class PaxTarget : FuzzTarget
{
    public override string Name => "pax";

    public override string Purpose => "the records of PAX headers";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "12 path=abc\n", "9 size=1\n", "path=", "size=", "mtime=", "uid=", "linkpath=", "GNU.sparse.offset=", "GNU.sparse.numbytes=", "GNU.sparse.map=", "=", "\n", "\0");

    public override byte[] Mutate(byte[] input, Mutator mutator)
    {
        if (mutator.OneIn(3))
        {
            return mutator.MutateBytes(input, Tokens);
        }

        // A record whose length is right gets further.
        var records = Encoding.Latin1.GetString(input).Split('\n', System.StringSplitOptions.RemoveEmptyEntries).ToList();
        var at = mutator.Random.Next(records.Count + 1);
        var record = at == records.Count ? "1 a=b" : records[at];
        var text = Encoding.Latin1.GetString(mutator.MutateBytes(Encoding.Latin1.GetBytes(record[(record.IndexOf(' ') + 1)..]), Tokens));
        var length = text.Length + 2;
        length += length.ToString().Length;
        length += $"{length} {text}\n".Length - length;
        records.Insert(at, $"{length} {text}");
        return Encoding.Latin1.GetBytes(string.Join('\n', records) + "\n");
    }

    public override void Run(byte[] input)
    {
        try
        {
            var records = PaxRecords.Over(PaxRecords.Parse(input), PaxRecords.Parse(input));
            foreach (var key in new[] { PaxRecords.Size, PaxRecords.Uid, PaxRecords.Gid })
            {
                records.GetNumber(key);
            }

            records.GetText(PaxRecords.Path);
            records.GetText(PaxRecords.UserName);
            _ = records.GetOthers().Count;
            if (records.TryGet(PaxRecords.ModifiedTime, out var text))
            {
                Documented.Require(TarNumber.TryParseTime(text.Span, out var time) || time is null, "What is no number gives a time.");
            }
        }
        catch (TarFormatException)
        {
            // What the reader of tars turns into an error that says where.
        }
    }
}
