/**
 * The controllers of the sandbox cluster: Deployments, ReplicaSets, garbage collection and a kubelet without containers.
 * They see the world through {@link dev.stepback.sandbox.cluster.ObjectStore} alone, as real controllers see it through
 * the API server, and all work on one thread, level-triggered.
 */
@NullMarked
package dev.stepback.sandbox.cluster.controller;

import org.jspecify.annotations.NullMarked;
