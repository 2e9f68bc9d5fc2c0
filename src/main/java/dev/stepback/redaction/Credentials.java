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

    /** What the first group matches is masked; all of it where there is none. */
    static final List<Pattern> FORMS = List.of(
            // Before all others: what is in it has other forms too.
            Pattern.compile("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
                    + "(?:\\s|\\\\[nr])*+(?:[A-Za-z]{1,20}-[A-Za-z]{1,20}: [^\\n\\\\\"]{0,100}(?:\\s|\\\\[nr])++){0,4}+"
                    + "(?:[A-Za-z0-9+/=\\s\\\\]++|(?<=\\n)- ){0,500}+(?:-----END[ A-Z0-9]{0,50}-----)?+"),
            // scheme://user:password@host; the last @ counts, for passwords have them too. A port is no password.
            Pattern.compile("://[^\\s:/@\"'<>]{0,128}:(?!\\d{1,5}(?:[/?#\\s]|$))([^\\s\"'<>`]{1,256})@"),
            // scheme://token@host
            Pattern.compile("://(?![a-z][a-z0-9_.-]{0,14}@)([^\\s:/@\"'<>`]{1,256})@"),
            // user:password@tcp(db:3306)/shop, user:password@registry.example.com/shop
            Pattern.compile("(?<![\\w./@-])(?!mailto:)[\\w.-]{1,64}+:([^\\s/@:\"'<>`]{1,128})@(?=[\\w-]{1,63}+[.(])"),
            Pattern.compile("https://hooks\\.slack\\.com/[a-z]{1,20}/([\\w/-]++)"),
            Pattern.compile("https://[\\w.-]{1,60}\\.?(?:discord(?:app)?\\.com/api/webhooks|webhook\\.office\\.com)"
                    + "/([\\w/@.-]++)"),
            Pattern.compile("[?&;](?:sig|X-Amz-(?:Signature|Credential|Security-Token)|access_token)=([^&\\s\"'<>]++)"),
            // Too short to be recognized otherwise, because it was cut.
            Pattern.compile(
                    "(?<![A-Za-z0-9])(?:A[KS]IA|gh[opusr]_|github_pat_|gl[a-z]{2,5}-|xox[a-z]-|xapp-|AIza|eyJ|[srp]k_live_"
                        + "|npm_|hv[sbr]\\.|sk-|SG\\.|pypi-|dckr_)[\\w.+/=-]{0,80}+(?=…)"),
            form("(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,}+"),
            form("(?:gh[opusr]_|github_pat_)[A-Za-z0-9_]{12,}+"),
            form("gl(?:pat|ptt|dt|rt|cbt|soat|ft|agent|imt|oas|rtr|ffct)-[\\w-]{12,}+"),
            form("xox[a-z](?:\\.xox[a-z])?-[\\w-]{8,}+"),
            form("(?:xapp|xwfp)-[\\w-]{8,}+"),
            form("eyJ[\\w-]{12,}+(?:\\.[\\w-]*+)*+"),
            form("AIza[\\w-]{20,}+"),
            form("(?:ya29\\.|GOCSPX-|1//0)[\\w.-]{16,}+"),
            form("(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}+"),
            form(
                    "(?:whsec_|npm_|pypi-|dckr_(?:pat|oat)_|hf_|glsa_|glc_|lin_api_|rubygems_|dapi|shp(?:at|ca|pa|ss)_|do[opr]_v1_"
                        + "|NRAK-|ATATT3|PMAK-|sntr[yus]+_|figd_|ghs_|tfp_|pscale_tkn_|dp\\.(?:pt|st|sa|ct)\\.)"
                        + "(?=[\\w-]{0,20}\\d)[\\w=-]{16,}+"),
            form("sk-(?=[\\w-]{0,40}\\d)[\\w-]{20,}+"),
            form("SG\\.[\\w-]{12,}+\\.[\\w-]{4,}+"),
            form("hv[sbr]\\.[\\w-]{16,}+"),
            form("(?:AC|SK)[0-9a-f]{32}"),
            form("AGE-SECRET-KEY-1[A-Z0-9]{20,}+"),
            form("\\$2[abxy]\\$\\d\\d\\$[./A-Za-z0-9]{20,}+"),
            form("\\$(?:[156y]|apr1|argon2id?)\\$[^\\s\"'`]{16,}+"),
            // With a digit or the padding in it, so that "basic authentication" is none.
            Pattern.compile("(?i)\\b(?:bearer|basic)\\s{1,3}((?=[A-Z._~+/-]{0,60}[0-9=])[A-Z0-9._~+/=-]{8,}+)"),
            Pattern.compile("(?i)\\b(?:set-)?cookie2?[\"']?:\\s{0,3}([^\\r\\n\"'<>`]++)"),
            Pattern.compile("--from-literal[= ][\"']?[\\w.-]{1,100}+=(\"[^\"]{1,4000}\"|'[^']{1,4000}'|[^\\s\"'`]++)"),
            Pattern.compile("(?<![\\w-])(?:-u|--user|--proxy-user)[ =]?[\"']?[\\w.@-]{1,64}+:([^\\s\"'`]++)"),
            // mysql -phunter2: attached, and no flag that is a word.
            Pattern.compile(
                    "(?<!\\S)-p(?![a-z]+(?:-[a-z]+)*+(?:[=\\s,\"'`]|$))((?=[^\\s\"'`]{0,60}[A-Za-z])[^\\s\"'`=/]{3,}+)"),
            Pattern.compile(
                    "\\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|sshpass|mongo|mongosh|mongodump|cqlsh|clickhouse-client|influx)\\b[^\\n"
                        + "|;&]{0,200}?\\s-p ?(?!\\d{1,5}(?:\\s|$))([^\\s\"'`-][^\\s\"'`]*+)"),
            Pattern.compile("\\bredis-cli\\b[^\\n|;&]{0,200}?\\s-a ([^\\s\"'`]++)"),
            Pattern.compile(
                    "\\b(?:ldap(?:search|modify|add)|sqlcmd|PGPASSWORD)\\b[^\\n|;&]{0,200}?\\s-[wP] ([^\\s\"'`]++)"));

    private Credentials() {}

    private static Pattern form(String regex) {
        return Pattern.compile("(?<![A-Za-z0-9])(?:" + regex + ")" + END);
    }

    static String masked(String text) {
        String out = text;
        for (Pattern form : FORMS) {
            out = masked(form, out);
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
