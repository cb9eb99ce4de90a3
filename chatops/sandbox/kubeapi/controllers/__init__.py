"""What moves the sandbox's cluster: controllers, scheduler and kubelet over the store."""
