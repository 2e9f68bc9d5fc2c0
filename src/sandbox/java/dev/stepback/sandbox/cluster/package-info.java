/** An in-process Kubernetes API with the controllers that a Deployment needs. */
@NullMarked
package dev.stepback.sandbox.cluster;

import org.jspecify.annotations.NullMarked;
