package dev.stepback.rollback;

import dev.stepback.access.Acting;

/** Authorizes as another one does, and acts for everybody as whoever a test says. */
final class ActingAuthorizer extends ForwardingAuthorizer {
    private final Acting acting;

    ActingAuthorizer(Authorizer authorizer, Acting acting) {
        super(authorizer);
        this.acting = acting;
    }

    @Override
    public Acting acting(Person who) {
        return acting;
    }
}
