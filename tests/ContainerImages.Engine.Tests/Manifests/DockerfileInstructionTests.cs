using System;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Manifests;
using Xunit;

namespace ContainerImages.Engine.Tests.Manifests;

/// <summary>Every instruction in every form: what it makes of a config, and how it is refused.</summary>
public class DockerfileInstructionTests
{
    [Theory]
    [InlineData("USER bob", """{"User":"bob"}""")]
    [InlineData("USER=bob", """{"User":"bob"}""")]
    [InlineData("user 1000:1000", """{"User":"1000:1000"}""")]
    [InlineData("  User\t\"bob\"  ", """{"User":"bob"}""")]
    [InlineData("USER $USER", """{"User":"$USER"}""")]
    [InlineData("EXPOSE 80", """{"ExposedPorts":{"80/tcp":{}}}""")]
    [InlineData("EXPOSE=080", """{"ExposedPorts":{"80/tcp":{}}}""")]
    [InlineData("EXPOSE 53/UDP", """{"ExposedPorts":{"53/udp":{}}}""")]
    [InlineData("EXPOSE 1/sctp 65535/tcp", """{"ExposedPorts":{"1/sctp":{},"65535/tcp":{}}}""")]
    [InlineData("EXPOSE 9 80 443/udp 80/tcp", """{"ExposedPorts":{"443/udp":{},"80/tcp":{},"9/tcp":{}}}""")]
    [InlineData("EXPOSE 8000-8002/udp", """{"ExposedPorts":{"8000/udp":{},"8001/udp":{},"8002/udp":{}}}""")]
    [InlineData("EXPOSE 7-7", """{"ExposedPorts":{"7/tcp":{}}}""")]
    [InlineData("ENV A=b", """{"Env":["A=b"]}""")]
    [InlineData("ENV=A=b", """{"Env":["A=b"]}""")]
    [InlineData("ENV=A=b C=d", """{"Env":["A=b","C=d"]}""")]
    [InlineData("ENV B=1 A=2", """{"Env":["B=1","A=2"]}""")]
    [InlineData("ENV A=1 B=2 A=3", """{"Env":["A=3","B=2"]}""")]
    [InlineData("ENV A==b=", """{"Env":["A==b="]}""")]
    [InlineData("ENV A=", """{"Env":["A="]}""")]
    [InlineData("ENV A", """{"Env":["A="]}""")]
    [InlineData("ENV A b  c=d", """{"Env":["A=b  c=d"]}""")]
    [InlineData("ENV A \"b  c\"", """{"Env":["A=b  c"]}""")]
    [InlineData("ENV A=\"b  c\" B='d \"e\"' C=f\\ g", """{"Env":["A=b  c","B=d \"e\"","C=f g"]}""")]
    [InlineData("ENV \"A\"=\"b\"", """{"Env":["A=b"]}""")]
    [InlineData("ENV A=x\"y z\"'w'", """{"Env":["A=xy zw"]}""")]
    [InlineData("ENV A=$HOME/${B}:\\$C", """{"Env":["A=$HOME/${B}:$C"]}""")]
    [InlineData("ENV A=\"\\\"q\\\" \\$x \\\\ \\n\"", """{"Env":["A=\"q\" $x \\ \\n"]}""")]
    [InlineData("ENV A='\\\"'", """{"Env":["A=\\\""]}""")]
    [InlineData("ENV A=C:\\Program\\ Files", """{"Env":["A=C:\\Program Files"]}""")]
    [InlineData("ENV A=ä<>&漢", "{\"Env\":[\"A=ä\\u003c\\u003e\\u0026漢\"]}")]
    [InlineData("ENTRYPOINT [\"/a\", \"b c\"]", """{"Entrypoint":["/a","b c"]}""")]
    [InlineData("ENTRYPOINT=[\"/a\", \"b\"]", """{"Entrypoint":["/a","b"]}""")]
    [InlineData("ENTRYPOINT exec /a \"$1\"", """{"Entrypoint":["/bin/sh","-c","exec /a \"$1\""]}""")]
    [InlineData("ENTRYPOINT ", "{}")]
    [InlineData("ENTRYPOINT=", "{}")]
    [InlineData("ENTRYPOINT []", "{}")]
    [InlineData("CMD [\"/a\"]", """{"Cmd":["/a"]}""")]
    [InlineData("CMD=/x", """{"Cmd":["/bin/sh","-c","/x"]}""")]
    [InlineData("CMD=/x -y z", """{"Cmd":["/bin/sh","-c","/x -y z"]}""")]
    [InlineData("CMD [ -f /x ] && /y \\$z", """{"Cmd":["/bin/sh","-c","[ -f /x ] \u0026\u0026 /y \\$z"]}""")]
    [InlineData("CMD [\"a\\u0041\\n\"]", """{"Cmd":["aA\n"]}""")]
    [InlineData("CMD []", "{}")]
    [InlineData("VOLUME /a", """{"Volumes":{"/a":{}}}""")]
    [InlineData("VOLUME /b   /a /b \"/c d\"", """{"Volumes":{"/a":{},"/b":{},"/c d":{}}}""")]
    [InlineData("VOLUME [\"/b\", \"/a\"]", """{"Volumes":{"/a":{},"/b":{}}}""")]
    [InlineData("WORKDIR /a", """{"WorkingDir":"/a"}""")]
    [InlineData("WORKDIR a", """{"WorkingDir":"/a"}""")]
    [InlineData("WORKDIR /a//b/../c/.", """{"WorkingDir":"/a/c"}""")]
    [InlineData("WORKDIR /with space", """{"WorkingDir":"/with space"}""")]
    [InlineData("WORKDIR \"/with space\"", """{"WorkingDir":"/with space"}""")]
    [InlineData("WORKDIR C:\\app", """{"WorkingDir":"C:\\app"}""")]
    [InlineData("LABEL a=b", """{"Labels":{"a":"b"}}""")]
    [InlineData("LABEL=a=b", """{"Labels":{"a":"b"}}""")]
    [InlineData("LABEL b=1 \"a c\"=\"2 3\" b=4", """{"Labels":{"a c":"2 3","b":"4"}}""")]
    [InlineData("LABEL a=", """{"Labels":{"a":""}}""")]
    [InlineData("LABEL a=b=c", """{"Labels":{"a":"b=c"}}""")]
    [InlineData("LABEL \"a=b\"=c", """{"Labels":{"a=b":"c"}}""")]
    [InlineData("STOPSIGNAL SIGINT", """{"StopSignal":"2"}""")]
    [InlineData("STOPSIGNAL=term", """{"StopSignal":"15"}""")]
    [InlineData("STOPSIGNAL 9", """{"StopSignal":"9"}""")]
    [InlineData("STOPSIGNAL SIGRTMIN", """{"StopSignal":"34"}""")]
    [InlineData("STOPSIGNAL RTMIN+3", """{"StopSignal":"37"}""")]
    [InlineData("STOPSIGNAL sigrtmax-2", """{"StopSignal":"62"}""")]
    [InlineData("STOPSIGNAL RTMAX", """{"StopSignal":"64"}""")]
    [InlineData("ONBUILD RUN make", "{}")]
    public void Makes_this_config(string line, string config) => Assert.Equal(config, Apply(line));

    [Fact]
    public void What_was_set_before_is_replaced_or_added_to()
    {
        Assert.Equal("""{"User":"b"}""", Apply("USER a", "USER b"));
        Assert.Equal("""{"Cmd":["b"]}""", Apply("CMD a", "CMD [\"b\"]"));
        Assert.Equal("{}", Apply("CMD a", "ENTRYPOINT b", "CMD []", "ENTRYPOINT []"));
        Assert.Equal("""{"ExposedPorts":{"1/tcp":{},"2/tcp":{}}}""", Apply("EXPOSE 2", "EXPOSE 1"));
        Assert.Equal("""{"Volumes":{"/a":{},"/b":{}}}""", Apply("VOLUME /b", "VOLUME [\"/a\"]"));
        Assert.Equal("""{"Labels":{"a":"2","b":"1"}}""", Apply("LABEL b=1 a=1", "LABEL a=2"));
        Assert.Equal("""{"Env":["B=1","A=2"]}""", Apply("ENV B=1", "ENV A=1", "ENV A=2"));
        Assert.Equal("""{"StopSignal":"3"}""", Apply("STOPSIGNAL 2", "STOPSIGNAL QUIT"));
    }

    [Fact]
    public void Relative_working_directories_are_meant_from_the_one_before()
    {
        Assert.Equal("""{"WorkingDir":"/a/b/c"}""", Apply("WORKDIR /a", "WORKDIR b", "WORKDIR c"));
        Assert.Equal("""{"WorkingDir":"/x"}""", Apply("WORKDIR /a/b", "WORKDIR ../../../x"));
        Assert.Equal("""{"WorkingDir":"/d"}""", Apply("WORKDIR /a", "WORKDIR /d"));
        Assert.Equal("""{"WorkingDir":"/d"}""", Apply("WORKDIR C:\\app", "WORKDIR /d"));
    }

    [Fact]
    public void All_fields_come_in_the_order_of_OCIs_config() => Assert.Equal(
        """{"User":"u","ExposedPorts":{"1/tcp":{}},"Env":["A=1"],"Entrypoint":["e"],"Cmd":["c"],"Volumes":{"/v":{}},"WorkingDir":"/w","Labels":{"l":"1"},"StopSignal":"1"}""",
        Apply(
            "STOPSIGNAL HUP", "LABEL l=1", "WORKDIR /w", "VOLUME /v", "CMD [\"c\"]", "ENTRYPOINT [\"e\"]", "ENV A=1", "EXPOSE 1", "USER u"));

    [Fact]
    public void Instructions_for_images_built_on_it_are_noted()
    {
        var config = new ContainerConfigEditor();
        DockerfileInstruction.Apply(config, "ONBUILD RUN make");
        DockerfileInstruction.Apply(config, "onbuild=COPY . .");

        Assert.Equal(["RUN make", "COPY . ."], config.OnBuild);
    }

    [Theory]
    [InlineData("", "An instruction is wanted, and there is none: one of USER, EXPOSE, ENV, ENTRYPOINT, CMD, VOLUME, WORKDIR, LABEL, STOPSIGNAL, ONBUILD")]
    [InlineData("RUN make", "'RUN' is none of the instructions")]
    [InlineData("HEALTHCHECK NONE", "'HEALTHCHECK' is none of the instructions")]
    [InlineData("USERbob", "'USERbob' is none of the instructions")]
    [InlineData("USER", "USER is without a value; 'USER value' or 'USER=value' is wanted")]
    [InlineData("CMD", "CMD is without a value")]
    [InlineData("ENTRYPOINT", "ENTRYPOINT is without a value")]
    [InlineData("USER ", "'' is no user; user[:group] is wanted, names or numbers")]
    [InlineData("USER a b", "'a b' is no user")]
    [InlineData("EXPOSE ", "A port is wanted, and there is none")]
    [InlineData("EXPOSE 0", "'0' is no port; port[-port][/protocol] is wanted, ports from 1 to 65535, the protocol tcp, udp or sctp")]
    [InlineData("EXPOSE 65536", "'65536' is no port")]
    [InlineData("EXPOSE 99999999999", "'99999999999' is no port")]
    [InlineData("EXPOSE -1", "'-1' is no port")]
    [InlineData("EXPOSE http", "'http' is no port")]
    [InlineData("EXPOSE 80/", "'80/' is no port")]
    [InlineData("EXPOSE 80/icmp", "'80/icmp' is no port")]
    [InlineData("EXPOSE 80/tcp/udp", "'80/tcp/udp' is no port")]
    [InlineData("EXPOSE 90-80", "'90-80' is no port")]
    [InlineData("EXPOSE 1-2-3", "'1-2-3' is no port")]
    [InlineData("EXPOSE 80 8080:80", "'8080:80' is no port")]
    [InlineData("EXPOSE ١", "'١' is no port")]
    [InlineData("ENV ", "There is nothing; key=value is wanted")]
    [InlineData("ENV =x", "'' is no name of a variable")]
    [InlineData("ENV A=b C", "'C' has no '='; key=value is wanted, once or more often, with quotes around what has spaces")]
    [InlineData("ENV A=\"b", "A double quote is opened and not closed")]
    [InlineData("ENV A='b", "A single quote is opened and not closed")]
    [InlineData("ENV \"A=b\" c", "'A=b' is no name of a variable")]
    [InlineData("ENV A=b\0", "has a NUL character in it")]
    [InlineData("CMD ", "There is no command; [\"program\", \"argument\"] or a line for the shell is wanted, or [] for none")]
    [InlineData("CMD ['/bin/sh']", "This is no array of strings in JSON; [\"one\", \"two\"] is wanted, with double quotes and commas")]
    [InlineData("CMD [\"/bin/sh\"", "This is no array of strings in JSON")]
    [InlineData("CMD [\"/bin/sh\" \"-c\"]", "This is no array of strings in JSON")]
    [InlineData("CMD [\"a\"] b", "This is no array of strings in JSON")]
    [InlineData("CMD [1]", "This is no array of strings in JSON")]
    [InlineData("CMD [\"\\ud800\"]", "This is no array of strings in JSON")]
    [InlineData("ENTRYPOINT [null]", "This is no array of strings in JSON")]
    [InlineData("VOLUME ", "A path is wanted, and there is none")]
    [InlineData("VOLUME []", "VOLUME takes paths, and there is none")]
    [InlineData("VOLUME [\"\"]", "A volume is a path, and this one is empty")]
    [InlineData("VOLUME /a \"\"", "A volume is a path, and this one is empty")]
    [InlineData("WORKDIR ", "The working directory is a path, and this one is empty")]
    [InlineData("LABEL a", "'a' has no '='; key=value is wanted")]
    [InlineData("LABEL a b", "'a' has no '='; key=value is wanted")]
    [InlineData("LABEL a=b c", "'c' has no '='; key=value is wanted")]
    [InlineData("LABEL =b", "The key of a label is empty")]
    [InlineData("LABEL \"\"=b", "The key of a label is empty")]
    [InlineData("STOPSIGNAL ", "'' is no signal; a name such as SIGTERM or RTMIN+3 is wanted, or a number from 1 to 64")]
    [InlineData("STOPSIGNAL 0", "'0' is no signal")]
    [InlineData("STOPSIGNAL 65", "'65' is no signal")]
    [InlineData("STOPSIGNAL SIGSIGINT", "'SIGSIGINT' is no signal")]
    [InlineData("STOPSIGNAL SIG", "'SIG' is no signal")]
    [InlineData("STOPSIGNAL SIG9", "'SIG9' is no signal")]
    [InlineData("STOPSIGNAL FOO", "'FOO' is no signal")]
    [InlineData("STOPSIGNAL RTMIN+31", "'RTMIN+31' is no signal")]
    [InlineData("STOPSIGNAL RTMIN-1", "'RTMIN-1' is no signal")]
    [InlineData("STOPSIGNAL RTMAX-", "'RTMAX-' is no signal")]
    [InlineData("STOPSIGNAL RTMIN+4294967295", "is no signal")]
    [InlineData("ONBUILD ", "ONBUILD takes an instruction, and there is none")]
    public void Is_refused_with_the_line_and_what_is_accepted(string line, string message)
    {
        var error = Assert.Throws<ContainerImageException>(() => Apply(line));

        Assert.Equal(ImageError.InvalidInstruction, error.Error);
        Assert.StartsWith(QuotedText.Quote(line) + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_is_refused_changes_nothing()
    {
        var config = new ContainerConfigEditor();
        Assert.Throws<ContainerImageException>(() => DockerfileInstruction.Apply(config, "ENV A=1 B"));

        Assert.Equal("{}", Json(config));
    }

    [Fact]
    public void All_ports_there_are_can_be_exposed() =>
        Assert.Equal(65535, Apply("EXPOSE 1-65535").Split("/tcp").Length - 1);

    [Fact]
    public void Signals_have_the_numbers_of_Linux()
    {
        const string Names =
            "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS";
        Assert.All(
            Names.Split(' ').Select((name, i) => (Name: name, Number: i + 1)),
            signal => Assert.Equal($$"""{"StopSignal":"{{signal.Number}}"}""", Apply("STOPSIGNAL SIG" + signal.Name)));
    }

    private static string Apply(params string[] lines)
    {
        var config = new ContainerConfigEditor();
        foreach (var line in lines)
        {
            DockerfileInstruction.Apply(config, line);
        }

        return Json(config);
    }

    private static string Json(ContainerConfigEditor config)
    {
        var json = new GoJsonWriter();
        config.Write(json);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
