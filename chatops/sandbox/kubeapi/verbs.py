"""The verbs over HTTP: query parameters in, objects, lists, Tables and watches out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatops.sandbox.kubeapi import eviction, managed_fields, scale, tables
from chatops.sandbox.kubeapi.errors import ApiError, bad_request, method_not_allowed, not_found, unknown_path
from chatops.sandbox.kubeapi.kinds import NODES, PODS, Obj
from chatops.sandbox.kubeapi.objects import JSON_PATCH, Selection, Target, WriteOptions
from chatops.sandbox.kubeapi.request import Request, Response
from chatops.sandbox.kubeapi.watching import WatchStream

if TYPE_CHECKING:
    from chatops.sandbox.kubeapi.cluster import Cluster

_DEFAULT_WATCH = 1800.0


class Verbs:
    """Answers requests about resources that the authorizer has let through."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def metrics(self, request: Request, target: Target) -> Obj:
        """metrics.k8s.io: a list or one object; ApiError 404 for what runs nothing."""
        metrics, resource = self._cluster.metrics, target.resource
        if not target.name:
            selection = self._selection(request, target)
            return {
                "kind": f"{resource.kind}List",
                "apiVersion": resource.api_version,
                "metadata": {},
                "items": [each for each in metrics.all(resource, target.namespace) if selection.holds(each)],
            }
        about = NODES if resource.plural == "nodes" else PODS
        obj = self._cluster.store.get(about, target.namespace, target.name)
        found = metrics.node(resource, obj) if about is NODES else metrics.pod(resource, obj)
        if found is None:
            raise not_found(resource, target.name)
        return found

    def _options(self, request: Request) -> WriteOptions:
        dry_run = request.query.get("dryRun", "")
        if dry_run not in ("", "All"):
            raise bad_request(f'dryRun: Unsupported value: "{dry_run}": supported values: "All"')
        agent = request.headers.get("user-agent", "")
        return WriteOptions(
            dry_run=bool(dry_run),
            manager=managed_fields.manager_of(request.query.get("fieldManager", ""), agent),
        )

    def below(self, request: Request, target: Target, verb: str, rest: tuple[str, ...]) -> Response:
        """A subresource that is no part of its object: log, exec, proxy, eviction, scale."""
        objects, options = self._cluster.objects, self._options(request)
        if target.subresource == "log":
            lines = self._cluster.logs.read(target.namespace, target.name, request)
            return Response(body=lines, content_type="text/plain")
        if target.subresource == "exec":
            self._cluster.exec.serve(target.namespace, target.name, request)
            return Response(status=101, body=b"")
        if target.subresource == "proxy":
            node = objects.get(target)
            if rest != ("stats", "summary"):
                raise unknown_path()
            if target.name in self._cluster.kubelet.stopped_nodes:
                words = "error trying to reach service: dial tcp 10.0.0.1:10250: i/o timeout"
                raise ApiError(503, "ServiceUnavailable", words)
            return Response(body=self._cluster.metrics.summary(node))
        if target.subresource == "eviction":
            body = eviction.evict(
                self._cluster.store, objects, target, request.decoded_object(), dry_run=options.dry_run
            )
            return Response(status=201, body=body)
        if verb == "get":
            return Response(body=scale.scale_of(objects.get(target)))
        if verb == "update":
            return Response(body=scale.write_scale(objects, target, request.decoded_object(), options))
        return Response(body=scale.patch_scale(objects, target, request.decoded(), request.content_type, options))

    def answer(self, request: Request, target: Target, verb: str) -> Response:
        """A verb on an object or a collection."""
        objects, options = self._cluster.objects, self._options(request)
        match verb:
            case "get":
                return self._object(request, target, objects.get(target))
            case "list":
                return Response(body=self._list(request, target))
            case "watch":
                return Response(body=iter(self._watch(request, target)))
            case "create":
                if target.name and not target.subresource:
                    raise method_not_allowed()
                obj = objects.create(target, request.decoded_object(), options)
                return self._object(request, target, obj, status=201)
            case "update":
                return self._object(request, target, objects.replace(target, request.decoded_object(), options))
            case "patch":
                body = request.decoded()
                if not isinstance(body, list if request.content_type == JSON_PATCH else dict):
                    raise bad_request("error decoding patch: json: cannot unmarshal into Go value")
                force = request.flag("force")
                obj = objects.patch(target, body, request.content_type, options, force=force)
                return self._object(request, target, obj)
        return self._delete(request, target, verb, options)

    def _delete(self, request: Request, target: Target, verb: str, options: WriteOptions) -> Response:
        objects = self._cluster.objects
        body = request.decoded_object() if request.body else {}
        dry_run = options.dry_run or body.get("dryRun") == ["All"]
        query = dict(request.query)
        if verb == "delete":
            return Response(body=objects.delete(target, body, query, dry_run=dry_run))
        selection = self._selection(request, target)
        found = objects.delete_collection(target, selection, body, query, dry_run=dry_run)
        return Response(body=self._as_list(target, found, {"resourceVersion": str(self._cluster.store.version)}))

    @staticmethod
    def _selection(request: Request, target: Target) -> Selection:
        fields = request.query.get("fieldSelector", "")
        return Selection.parse(target.resource, labels=request.query.get("labelSelector", ""), fields=fields)

    @staticmethod
    def _as_list(target: Target, items: list[Obj], meta: Obj) -> Obj:
        resource = target.resource
        return {
            "kind": f"{resource.kind}List",
            "apiVersion": resource.api_version,
            "metadata": meta,
            "items": items,
        }

    def _object(self, request: Request, target: Target, obj: Obj, *, status: int = 200) -> Response:
        accept = request.headers.get("accept", "")
        if tables.wants_table(accept):
            meta = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
            return Response(status=status, body=self._table(request, target, [obj], meta))
        if tables.wants_metadata(accept, of_list=False):
            return Response(status=status, body=tables.metadata_only(obj))
        return Response(status=status, body=obj)

    def _table(self, request: Request, target: Target, items: list[Obj], meta: Obj, *, head: bool = True) -> Obj:
        include = request.query.get("includeObject", "")
        now = self._cluster.store.clock.now()
        return tables.table(target.resource, items, meta, include=include, now=now, head=head)

    def _list(self, request: Request, target: Target) -> Obj:
        accept = request.headers.get("accept", "")
        limit = request.number("limit") or 0
        # A list at resourceVersion 0 is answered from the cache in full, whatever its limit.
        if request.query.get("resourceVersion") == "0":
            limit = 0
        items, meta = self._cluster.objects.page(
            target, self._selection(request, target), limit=limit, token=request.query.get("continue", "")
        )
        if tables.wants_table(accept):
            return self._table(request, target, items, meta)
        if tables.wants_metadata(accept, of_list=True):
            found = [tables.metadata_only(each) for each in items]
            return {
                "kind": "PartialObjectMetadataList",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": meta,
                "items": found,
            }
        return self._as_list(target, items, meta)

    def _watch(self, request: Request, target: Target) -> WatchStream:
        accept = request.headers.get("accept", "")
        version = request.query.get("resourceVersion", "")
        if version and not version.isdigit():
            raise bad_request(f'resourceVersion: Invalid value: "{version}": strconv.ParseUint: invalid syntax')
        lifetime = request.number("timeoutSeconds")

        def render(obj: Obj, head: bool) -> Obj:
            if tables.wants_table(accept):
                meta = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
                return self._table(request, target, [obj], meta, head=head)
            return tables.metadata_only(obj) if tables.wants_metadata(accept, of_list=False) else obj

        return WatchStream(
            self._cluster.store,
            target,
            self._selection(request, target),
            render,
            version=version,
            lifetime=_DEFAULT_WATCH if lifetime is None else float(lifetime),
            bookmarks=request.flag("allowWatchBookmarks"),
            initial_events=request.flag("sendInitialEvents"),
            alive=lambda: not request.disconnected() and not self._cluster.closing.is_set(),
        )
