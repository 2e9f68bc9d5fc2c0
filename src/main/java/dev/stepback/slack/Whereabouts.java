package dev.stepback.slack;

import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.slack.Clicks.Click;
import dev.stepback.slack.card.Announcements;
import java.util.Optional;

/** Where the card is that people should look at. */
final class Whereabouts {
    private final Workspace workspace;
    private final Rollbacks rollbacks;

    Whereabouts(Workspace workspace, Rollbacks rollbacks) {
        this.workspace = workspace;
        this.rollbacks = rollbacks;
    }

    /** Whether the click's message is the card, as far as is known: it may just have been posted. */
    static boolean isCard(CardStatus card, Click click) {
        return card.ts() == null
                || (card.ts().equals(click.message()) && click.by().channel().equals(card.channel()));
    }

    /** A sentence that leads to the card, or to that of the rollback that has followed; with a space before it. */
    String sentence(Rollback rollback) {
        Optional<Rollback> newer = rollback.statusOrInitial().phase().terminal()
                ? rollbacks.open(rollback.target()).filter(r -> !name(r).equals(name(rollback)))
                : Optional.empty();
        return newer.map(r -> link(r, "The current one", "is here."))
                .filter(words -> !words.isEmpty())
                .orElseGet(() -> link(rollback, "The card", "says how it stands."));
    }

    private String link(Rollback rollback, String words, String then) {
        return workspace
                .cardLink(rollback)
                .map(link -> " " + Announcements.link(words, link) + " " + then)
                .orElse("");
    }

    private static String name(Rollback rollback) {
        return rollback.getMetadata().getName();
    }
}
