package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import java.util.ArrayList;
import java.util.List;

/** What can be typed. */
final class HelpMessage {
    private HelpMessage() {}

    static Message of(String command, List<String> locks) {
        String c = Mrkdwn.line(command, 40);
        String usage = String.join(
                "\n",
                List.of(
                        "`" + c + " checkout` asks to go back to the newest earlier revision that is not known bad",
                        "`" + c + " checkout to 3 because <why>`".replace("<why>", "errors since 14:00")
                                + " names the revision and says why",
                        "`" + c + " checkout fast` starts all new pods of a Deployment at once; `" + c
                                + " db by partition` replaces a StatefulSet's pods one by one, with a check in between",
                        "`" + c
                                + " checkout to time 14:05` or `to 20m ago` goes back to what ran then, by your own"
                                + " clock",
                        "`" + c + " checkout cart payments` or `" + c
                                + " -l release=2024-11-20` asks for several with one approval; `in order` lets each"
                                + " wait for the one before it",
                        "`" + c + " pause checkout`, `resume checkout` and `restart checkout` do what `kubectl rollout`"
                                + " does, with an approval",
                        "`" + c + " checkout history` shows the revisions",
                        "`" + c + " checkout diff 3` or `diff 3 5` shows what would change",
                        "`" + c + " checkout status` shows the rollout and the last rollback",
                        "`" + c + " checkout cancel` stops an open rollback",
                        "`" + c + " list` shows open and recent rollbacks",
                        "`" + c + " audit checkout since 7d` shows who asked, who approved and what came of it;"
                                + " without a target: of all",
                        "`" + c + " lock production because <why>`".replace("<why>", "the database moves")
                                + " lets nothing start there, `unlock production` ends that; without a namespace:"
                                + " everywhere"));
        String targets = "A target is `[namespace/][kind/]name`, such as `checkout`, `deployment/checkout` or"
                + " `production/deployment/checkout`; `-n production` works as in kubectl. In a thread, mention me"
                + " instead: slash commands do not work there.";
        List<LayoutBlock> blocks = new ArrayList<>();
        LockMessages.lines(locks).ifPresent(lines -> blocks.add(Kit.section(lines)));
        blocks.add(Kit.section("*How to roll back*\n" + usage));
        blocks.add(Kit.section(targets));
        return new Message("How to roll back with " + c, blocks);
    }
}
