// Incidents, intersections and what the server has forgotten, in the folds of ops and marshal.
import type { Incident, Intersection, IntersectionsChanged, Member, Order, SealedClass } from '../gen/messages.js';
import { copyOf, keepOnly, putInOrder } from './kit.js';

const incidentsEndedKept = 24;
const incidentNotesKept = 20;

export function findIncident(incidents: readonly Incident[], number: number): Incident | undefined {
  return incidents.find((incident) => incident.number === number);
}

export function hasEnded(incident: Incident): boolean {
  return incident.state === 'INCIDENT_RESOLVED' || incident.state === 'INCIDENT_CLOSED';
}

/** As the server shows it to a person on duty: open, and the own one, of the own section, or of the own role. */
export function isShownTo(incident: Incident, self: Member | undefined): boolean {
  if (hasEnded(incident)) return false;
  const person = self?.person ?? 0n;
  if (incident.reporter === person || incident.owner === person) return true;
  if (incident.kind === 'INCIDENT_POLICE') return self?.role === 'POLICE_LIAISON';
  if (incident.kind === 'INCIDENT_MEDICAL' && self?.role === 'MEDIC') return true;
  return incident.section !== 0 && incident.section === self?.section;
}

function forgetTheOldest(incidents: Incident[]): void {
  for (let tooMany = incidents.filter(hasEnded).length - incidentsEndedKept; tooMany > 0; --tooMany) {
    const ended = incidents.filter(hasEnded);
    const oldest = ended.reduce((a, b) => (b.changedAtMs < a.changedAtMs ? b : a));
    incidents.splice(incidents.indexOf(oldest), 1);
  }
}

/** The head in place of the old one, its notes behind the old notes. */
export function putIncident(incidents: Incident[], changed: Incident): void {
  const now = copyOf(changed);
  const known = findIncident(incidents, changed.number);
  if (known !== undefined) now.notes = [...known.notes, ...now.notes].slice(-incidentNotesKept);
  putInOrder(incidents, now, (a, b) => a.number - b.number);
  forgetTheOldest(incidents);
}

export function eraseIncident(incidents: Incident[], number: number): void {
  keepOnly(incidents, (incident) => incident.number !== number);
}

export function shiftIncidents(incidents: readonly Incident[], byMs: number): void {
  for (const incident of incidents) {
    if (!hasEnded(incident) && incident.decideByMs !== 0) incident.decideByMs += byMs;
  }
}

export function putIntersections(held: Intersection[], event: IntersectionsChanged): void {
  if (event.whole) held.length = 0;
  for (const one of event.intersections) putInOrder(held, copyOf(one), (a, b) => a.waypoint - b.waypoint);
}

/** What of incidents and orders the server can open no more. */
export function forgetSecrets(incidents: readonly Incident[], orders: readonly Order[], what: SealedClass): void {
  for (const incident of incidents) {
    if (what === 'PLACES') incident.place = undefined;
    if (what !== 'RESTRICTED') continue;
    incident.isRestricted = false;
    if (incident.kind !== 'INCIDENT_LOST_CHILD') continue;
    incident.description = '';
    for (const note of incident.notes) note.text = '';
  }
  for (const order of orders) {
    if (what === 'RESTRICTED' && order.templateName === 'lost_child') order.text = '';
  }
}
