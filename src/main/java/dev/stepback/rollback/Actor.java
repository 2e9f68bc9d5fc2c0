package dev.stepback.rollback;

/**
 * Somebody who does something now, and where: what one may do can depend on the channel.
 *
 * @param channel id of the Slack channel that the command or the click came from
 */
public record Actor(Person person, String channel) {

    public String id() {
        return person.id();
    }
}
