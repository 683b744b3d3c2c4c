// The folded state of a march as one shape, whatever feed it comes from: a copy for the app.
import type {
  Alert, Incident, Line, MarchKind, Member, Notice, Order, Phase, PlannedPhase, PublicRoute, PublicSnapshot, Route, RouteStatus,
  MarshalSnapshot, OpsSnapshot,
} from '../gen/messages.js';
import type { FeedKind, FeedState } from './feed_fold.js';
import { copyOf } from './kit.js';

/** WGS 84 degrees. */
export interface Point {
  /** North is positive. */
  lat: number;
  /** East is positive. */
  lon: number;
}
/** A way-mark of a route. */
export interface MarchWaypoint {
  /** As the proto has it: `ASSEMBLY`, `PUBLIC_WATER`, ... */
  kind: string | number;
  /** What people call it. */
  name: string;
  /** Where; `undefined`: not said. */
  at: Point | undefined;
  /** Metres from the start. */
  alongMetres: number;
  /** Staff; 0: this feed does not say. */
  number: number;
  /** An exit that is closed now. */
  isClosed: boolean;
}
/** A route; followers and marshals have the active one alone. */
export interface MarchRoute {
  /** From 1; counts up. */
  version: number;
  /** `ACTIVE` is the one that is walked. */
  status: RouteStatus;
  /** What people call it. */
  name: string;
  /** Empty before the route is public. */
  points: Point[];
  /** In order along the route. */
  waypoints: MarchWaypoint[];
  /** Of the active one: index of each closed leg's first point. */
  closedLegs: number[];
}
/** A march. What the feed does not hold is empty, 0 or `undefined`. */
export interface March {
  /** Where. */
  city: string;
  /** Two letters. */
  state: string;
  /** The place of assembly or rally. */
  venue: string;
  /** IANA name of the time zone. */
  tz: string;
  /** `undefined`: not said. */
  site: Point | undefined;
  /** In person or virtual. */
  kind: MarchKind;
  /** Each phase with its time; 0: no time is known. */
  plan: PlannedPhase[];
  /** The present one. */
  phase: Phase;
  /** What commands name that change it. */
  phaseVersion: number;
  /** Milliseconds since 1970 UTC. */
  phaseSinceMs: number;
  /** HELD and STOPPED: what people are told. */
  sentence: string;
  /** By version. */
  routes: MarchRoute[];
  /** The version of the active one; 0: none. */
  activeRoute: number;
  /** Newest 50, oldest first. */
  notices: Notice[];
  /** ops: all; marshal: own section and buddy. */
  roster: Member[];
  /** marshal. */
  self: Member | undefined;
  /** Open ones. */
  alerts: Alert[];
  /** By number: open ones; ops: also the last 24 that ended. */
  orders: Order[];
  /** By number: open ones; ops: also the last 24 that ended. */
  incidents: Incident[];
}

/** `undefined` of rows. */
export function marchOf(kind: FeedKind, state: FeedState): March | undefined {
  switch (kind) {
    case 'public': return ofPublic(state as PublicSnapshot);
    case 'ops': return ofOps(state as OpsSnapshot);
    case 'marshal': return ofMarshal(state as MarshalSnapshot);
    case 'overview':
    case 'desk': return undefined;
  }
}

function pointOf(at: { latE7: number; lonE7: number } | undefined): Point | undefined {
  return at === undefined ? undefined : { lat: at.latE7 / 1e7, lon: at.lonE7 / 1e7 };
}

/** Latitude and longitude in turn, each the difference to the pair before. */
export function pointsOf(line: Line | undefined): Point[] {
  const points: Point[] = [];
  const deltas = line?.deltaE7 ?? [];
  let latE7 = 0;
  let lonE7 = 0;
  for (let at = 0; at + 1 < deltas.length; at += 2) {
    latE7 += deltas[at] ?? 0;
    lonE7 += deltas[at + 1] ?? 0;
    points.push({ lat: latE7 / 1e7, lon: lonE7 / 1e7 });
  }
  return points;
}

const empty = {
  city: '', state: '', venue: '', tz: '', site: undefined, kind: 'MARCH_KIND_UNSPECIFIED', plan: [], roster: [],
  self: undefined, alerts: [], orders: [], incidents: [],
} satisfies Partial<March>;

type About = { city: string; state: string; venue: string; tz: string; kind: MarchKind; plan: PlannedPhase[];
  site?: { latE7: number; lonE7: number } | undefined };

function aboutOf(about: About | undefined): Pick<March, 'city' | 'state' | 'venue' | 'tz' | 'site' | 'kind' | 'plan'> {
  if (about === undefined) return { ...empty, plan: [] };
  const { city, state, venue, tz, kind } = about;
  return { city, state, venue, tz, kind, site: pointOf(about.site), plan: copyOf(about.plan) };
}

function publicRouteOf(route: PublicRoute | undefined, state: PublicSnapshot): MarchRoute[] {
  if (route === undefined || route.version === 0) return [];
  const closed = state.closures?.closedWaypoints ?? [];
  return [{
    version: route.version, status: 'ACTIVE', name: route.name, points: pointsOf(route.line),
    closedLegs: [...(state.closures?.closedLegs ?? [])],
    waypoints: route.waypoints.map((one, place) => ({
      kind: one.kind, name: one.name, at: pointOf(one.at), alongMetres: one.alongMetres, number: 0,
      isClosed: closed.includes(place),
    })),
  }];
}

function routeOf(route: Route, closures: OpsSnapshot['closures']): MarchRoute {
  const isClosed = closures?.routeVersion === route.version;
  const exits = isClosed ? closures.closedExits : [];
  return {
    version: route.version, status: route.status, name: route.line?.name ?? '', points: pointsOf(route.line?.line),
    closedLegs: isClosed ? [...closures.closedLegs] : [],
    waypoints: (route.line?.waypoints ?? []).map((one) => ({
      kind: one.kind, name: one.name, at: pointOf(one.at), alongMetres: one.alongMetres, number: one.number,
      isClosed: exits.includes(one.number),
    })),
  };
}

function ofPublic(state: PublicSnapshot): March {
  return {
    ...empty, ...aboutOf(state.about), phase: state.phase?.phase ?? 'PHASE_UNSPECIFIED',
    phaseVersion: state.phase?.version ?? 0, phaseSinceMs: state.phase?.sinceMs ?? 0,
    sentence: state.phase?.sentence ?? '', routes: publicRouteOf(state.route, state),
    activeRoute: state.route?.version ?? 0, notices: copyOf(state.notices),
    roster: [], alerts: [], orders: [], incidents: [],
  };
}

function ofOps(state: OpsSnapshot): March {
  return {
    ...aboutOf(state.spec), phase: state.phase, phaseVersion: state.phaseVersion, phaseSinceMs: state.phaseSinceMs,
    sentence: state.publicSentence, routes: state.routes.map((route) => routeOf(route, state.closures)),
    activeRoute: state.activeRoute, notices: copyOf(state.notices), roster: copyOf(state.roster), self: undefined,
    alerts: copyOf(state.alerts), orders: copyOf(state.orders), incidents: copyOf(state.incidents),
  };
}

function ofMarshal(state: MarshalSnapshot): March {
  return {
    ...aboutOf(state.spec), phase: state.phase?.phase ?? 'PHASE_UNSPECIFIED', phaseVersion: state.phase?.version ?? 0,
    phaseSinceMs: state.phase?.sinceMs ?? 0, sentence: state.phase?.sentence ?? '',
    routes: state.route === undefined ? [] : [routeOf(state.route, state.closures)],
    activeRoute: state.route?.version ?? 0, notices: copyOf(state.notices), roster: copyOf(state.section),
    self: copyOf(state.self), alerts: copyOf(state.alerts), orders: copyOf(state.orders),
    incidents: copyOf(state.incidents),
  };
}
