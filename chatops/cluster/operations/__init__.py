"""The actions on the cluster, one module a noun. Which id means which is the table in `chatops.cluster.act`."""
