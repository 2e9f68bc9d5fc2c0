package dev.stepback.redaction;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Credentials that are known by their form, wherever they stand. Forms are taken from the vendors' documentation; they are
 * open at the end, because a text may have been cut. Every pattern reads a text in linear time.
 */
final class Credentials {
    private static final String END = "(?![A-Za-z0-9])";

    /**
     * A form of credentials.
     *
     * @param pattern what its first group matches is masked; all of it where there is none
     * @param needs whatever it matches has one of these in it, so that most texts need not be looked at so closely; empty when
     *     nothing can be said
     */
    record Form(Pattern pattern, List<String> needs) {
        Form(Pattern pattern, String... needs) {
            this(pattern, List.of(needs));
        }

        boolean mayBeIn(String text) {
            return needs.isEmpty() || needs.stream().anyMatch(text::contains);
        }
    }

    static final List<Form> FORMS = List.of(
            // Before all others: what is in it has other forms too.
            new Form(
                    Pattern.compile("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?:"
                            + " BLOCK)?-----(?:\\s|\\\\[nr])*+(?:[A-Za-z]{1,20}-[A-Za-z]{1,20}: [^\\n"
                            + "\\\\\"]{0,100}(?:\\s|\\\\[nr])++){0,4}+(?:[A-Za-z0-9+/=\\s\\\\]++|(?<=\\n"
                            + ")- ){0,500}+(?:-----END[ A-Z0-9]{0,50}-----)?+"),
                    "-----BEGIN "),
            // scheme://token:x-oauth-basic@host, scheme://token:@host: the token is the user.
            new Form(Pattern.compile("://([^\\s:/@\"'<>]{1,256}):(?:x-oauth-basic)?@"), ":@", "x-oauth"),
            // jdbc:oracle:thin:user/password@//db:1521/shop
            new Form(
                    Pattern.compile("jdbc:oracle:[a-z0-9]{1,10}:[^\\s:/@\"'<>]{1,128}/([^\\s\"'<>]{1,128}?)@"),
                    "jdbc:oracle:"),
            // scheme://user:password@host; the last @ counts, for passwords have them too. A port is no password.
            new Form(Pattern.compile("://[^\\s:/@\"'<>]{0,128}:(?!\\d{1,5}(?:[/?#\\s]|$))([^\\s\"'<>`]{1,256})@"), "@"),
            // scheme://token@host
            new Form(Pattern.compile("://(?![a-z][a-z0-9_.-]{0,14}@)([^\\s:/@\"'<>`]{1,256})@"), "@"),
            // scheme://user:password…, cut before the @
            new Form(
                    Pattern.compile(
                            "://[^\\s:/@\"'<>…]{1,128}:(?!\\d{0,5}(?:…|[/?#\\s]|$))([^\\s\"'<>`/@…]{1,256}+)(?=…)"),
                    "…"),
            // user:password…, cut before the @
            new Form(Pattern.compile("(?<![\\w./@-])[\\w.-]{1,64}+:(?!\\d{1,5}…)([^\\s/@:\"'<>`…]{4,128}+)(?=…)"), "…"),
            // user:password@tcp(db:3306)/shop, user:password@registry.example.com/shop
            new Form(
                    Pattern.compile(
                            "(?<![\\w./@-])(?!mailto:)[\\w.-]{1,64}+:([^\\s/@:\"'<>`]{1,128})@(?=[\\w-]{1,63}+[.(])"),
                    "@"),
            // The same, cut in the host; an image's digest is no host.
            new Form(
                    Pattern.compile(
                            "(?<![\\w./@-])(?!mailto:)[\\w.-]{1,64}+:([^\\s/@:\"'<>`…]{1,128})@(?!sha\\d)(?=[\\w-]{0,63}+…)"),
                    "…"),
            new Form(Pattern.compile("https://hooks\\.slack\\.com/[a-z]{1,20}/([\\w/-]++)"), "hooks.slack.com"),
            new Form(
                    Pattern.compile(
                            "https://[\\w.-]{1,60}\\.?(?:discord(?:app)?\\.com/api/webhooks|webhook\\.office\\.com)"
                                    + "/([\\w/@.-]++)"),
                    "discord",
                    "webhook.office"),
            new Form(
                    Pattern.compile(
                            "[?&;](?:sig|X-Amz-(?:Signature|Credential|Security-Token)|access_token)=([^&\\s\"'<>]++)"),
                    "sig=",
                    "X-Amz-",
                    "access_token="),
            // Too short to be recognized otherwise, because it was cut.
            new Form(
                    Pattern.compile(
                            "(?<![A-Za-z0-9])(?:A[KS]IA|gh[opusr]_|github_pat_|gl[a-z]{2,5}-|xox[a-z]-|xapp-|AIza|eyJ|[srp]k_live_"
                                    + "|npm_|hv[sbr]\\.|sk-|SG\\.|pypi-|dckr_)[\\w.+/=-]{0,80}+(?=…)"),
                    "…"),
            token(
                    "(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,}+",
                    "AKIA",
                    "ASIA",
                    "AROA",
                    "AIDA",
                    "AGPA",
                    "ANPA",
                    "ANVA",
                    "ABIA",
                    "ACCA"),
            token(
                    "(?:gh[opusr]_|github_pat_)[A-Za-z0-9_]{12,}+",
                    "gho_",
                    "ghp_",
                    "ghu_",
                    "ghs_",
                    "ghr_",
                    "github_pat_"),
            token(
                    "gl(?:pat|ptt|dt|rt|cbt|soat|ft|agent|imt|oas|rtr|ffct)-[\\w-]{12,}+",
                    "glpat-",
                    "glptt-",
                    "gldt-",
                    "glrt-",
                    "glcbt-",
                    "glsoat-",
                    "glft-",
                    "glagent-",
                    "glimt-",
                    "gloas-",
                    "glrtr-",
                    "glffct-"),
            token("xox[a-z](?:\\.xox[a-z])?-[\\w-]{8,}+", "xox"),
            token("(?:xapp|xwfp)-[\\w-]{8,}+", "xapp-", "xwfp-"),
            token("eyJ[\\w-]{12,}+(?:\\.[\\w-]*+)*+", "eyJ"),
            token("AIza[\\w-]{20,}+", "AIza"),
            token("(?:ya29\\.|GOCSPX-|1//0)[\\w.-]{16,}+", "ya29.", "GOCSPX-", "1//0"),
            token("(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}+", "_live_", "_test_"),
            token(
                    "(?:whsec_|npm_|pypi-|dckr_(?:pat|oat)_|hf_|glsa_|glc_|lin_api_|rubygems_|dapi|shp(?:at|ca|pa|ss)_|do[opr]_v1_"
                            + "|NRAK-|ATATT3|PMAK-|sntr[yus]+_|figd_|ghs_|tfp_|pscale_tkn_|dp\\.(?:pt|st|sa|ct)\\.)"
                            + "(?=[\\w-]{0,20}\\d)[\\w=-]{16,}+",
                    "whsec_",
                    "npm_",
                    "pypi-",
                    "dckr_",
                    "hf_",
                    "glsa_",
                    "glc_",
                    "lin_api_",
                    "rubygems_",
                    "dapi",
                    "shp",
                    "_v1_",
                    "NRAK-",
                    "ATATT3",
                    "PMAK-",
                    "sntr",
                    "figd_",
                    "ghs_",
                    "tfp_",
                    "pscale_tkn_",
                    "dp."),
            token("sk-(?=[\\w-]{0,40}\\d)[\\w-]{20,}+", "sk-"),
            token("SG\\.[\\w-]{12,}+\\.[\\w-]{4,}+", "SG."),
            token("hv[sbr]\\.[\\w-]{16,}+", "hvs.", "hvb.", "hvr."),
            token("(?:AC|SK)[0-9a-f]{32}", "AC", "SK"),
            token("AGE-SECRET-KEY-1[A-Z0-9]{20,}+", "AGE-SECRET-KEY-1"),
            token("\\$2[abxy]\\$\\d\\d\\$[./A-Za-z0-9]{20,}+", "$2"),
            token("\\$(?:[156y]|apr1|argon2id?)\\$[^\\s\"'`]{16,}+", "$1$", "$5$", "$6$", "$y$", "$apr1$", "$argon2"),
            // With a digit or the padding in it, so that "basic authentication" is none.
            new Form(Pattern.compile(
                    "(?i)\\b(?:bearer|basic)\\s{1,3}((?=[A-Z._~+/-]{0,60}[0-9=])[A-Z0-9._~+/=-]{8,}+)")),
            new Form(Pattern.compile("(?i)\\b(?:set-)?cookie2?[\"']?:\\s{0,3}([^\\r\\n\"'<>`]++)")),
            new Form(
                    Pattern.compile(
                            "--from-literal[= ][\"']?[\\w.-]{1,100}+=(\"[^\"]{1,4000}\"|'[^']{1,4000}'|[^\\s\"'`]++)"),
                    "--from-literal"),
            new Form(
                    Pattern.compile("(?<![\\w-])(?:-u|--user|--proxy-user)[ =]?[\"']?[\\w.@-]{1,64}+:([^\\s\"'`]++)"),
                    "-u",
                    "--proxy-user"),
            // mysql -phunter2: attached, and no flag that is a word.
            new Form(
                    Pattern.compile(
                            "(?<!\\S)-p(?![a-z]+(?:-[a-z]+)*+(?:[=\\s,\"'`]|$))((?=[^\\s\"'`]{0,60}[A-Za-z])[^\\s\"'`=/]{3,}+)"),
                    "-p"),
            new Form(
                    Pattern.compile(
                            "\\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|sshpass|mongo|mongosh|mongodump|cqlsh|clickhouse-client|influx)\\b[^\\n"
                                    + "|;&]{0,200}?\\s-p ?(?!\\d{1,5}(?:\\s|$))([^\\s\"'`-][^\\s\"'`]*+)"),
                    "mysql",
                    "mariadb",
                    "sshpass",
                    "mongo",
                    "cqlsh",
                    "clickhouse-client",
                    "influx"),
            new Form(Pattern.compile("\\bredis-cli\\b[^\\n|;&]{0,200}?\\s-a ([^\\s\"'`]++)"), "redis-cli"),
            new Form(
                    Pattern.compile("\\b(?:ldap(?:search|modify|add)|sqlcmd|PGPASSWORD)\\b[^\\n"
                            + "|;&]{0,200}?\\s-[wP] ([^\\s\"'`]++)"),
                    "ldap",
                    "sqlcmd",
                    "PGPASSWORD"));

    private Credentials() {}

    private static Form token(String regex, String... needs) {
        return new Form(Pattern.compile("(?<![A-Za-z0-9])(?:" + regex + ")" + END), needs);
    }

    static String masked(String text) {
        String out = text;
        for (Form form : FORMS) {
            out = form.mayBeIn(out) ? masked(form.pattern(), out) : out;
        }
        return out;
    }

    /** Leaves the end of a line, and what escapes the quote that follows: what is JSON stays JSON. */
    private static int end(String text, int from, int to) {
        boolean quote = to < text.length() && text.charAt(to) == '"';
        int end = to;
        while (end > from
                && (Character.isWhitespace(text.charAt(end - 1)) || (quote && text.charAt(end - 1) == '\\'))) {
            end--;
        }
        return end;
    }

    private static String masked(Pattern form, String text) {
        Matcher found = form.matcher(text);
        StringBuilder out = null;
        int shown = 0;
        while (found.find()) {
            int group = found.groupCount() == 0 || found.start(1) < 0 ? 0 : 1;
            out = out == null ? new StringBuilder(text.length()) : out;
            out.append(text, shown, found.start(group)).append(Redactor.MASK);
            shown = end(text, found.start(group), found.end(group));
        }
        return out == null ? text : out.append(text, shown, text.length()).toString();
    }
}
