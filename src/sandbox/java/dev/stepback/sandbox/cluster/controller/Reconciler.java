package dev.stepback.sandbox.cluster.controller;

/** Brings one object nearer to what its spec says. Called again whenever something changes, and after failures. */
interface Reconciler {

    /** May find the object gone. A conflict is thrown, and leads to another call. */
    void reconcile(String namespace, String name);
}
