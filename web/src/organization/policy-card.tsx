import { useRef, useState, type SubmitEvent } from 'react';
import type { ApiProblem } from '../api.js';
import { Card } from '../console/card.js';
import { t } from '../language.js';
import { asProblem, leftForSignIn } from '../resource.js';
import { Alert } from '../ui/alert.js';
import { Reference } from '../ui/reference.js';
import { CheckField, ChoiceField, LinesField, NumberField, TextField } from './fields.js';
import { organizationApi, type Connection, type Policy } from './organization-api.js';
import { changeOf, guestsField, readForm } from './policy-form.js';

interface PolicyCardProps {
  readonly stored: Policy;
  readonly connections: readonly Connection[];
}

export function PolicyCard({ stored, connections }: PolicyCardProps) {
  const words = t.organization.policy;
  const [policy, setPolicy] = useState(stored);
  const [state, setState] = useState<'idle' | 'saving' | 'saved' | 'unchanged'>('idle');
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const roles = useRef<HTMLTextAreaElement>(null);

  const save = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (state === 'saving') return;
    const wanted = readForm(new FormData(event.currentTarget), connections);
    if (!wanted) {
      roles.current?.setCustomValidity(words.groupRolesWrong);
      roles.current?.reportValidity();
      return;
    }
    setProblem(null);
    const change = changeOf(policy, wanted);
    if (Object.keys(change).length === 0) {
      setState('unchanged');
      return;
    }
    setState('saving');
    try {
      setPolicy(await organizationApi.changePolicy(change));
      setState('saved');
    } catch (error) {
      const failure = asProblem(error);
      if (leftForSignIn(failure)) return;
      setProblem(failure);
      setState('idle');
    }
  };

  return (
    <Card title={words.title}>
      <p>{words.lead}</p>
      <form className="policy" onSubmit={(event) => void save(event)}>
        <fieldset>
          <legend>{words.wayIn}</legend>
          <CheckField
            name="ssoRequired"
            label={words.ssoRequired}
            hint={words.ssoRequiredHint}
            value={policy.ssoRequired}
          />
          <ChoiceField
            name="guests"
            label={words.guests}
            hint={words.guestsHint}
            none={words.byService}
            options={words.guestRules}
            value={policy.guests}
          />
          {connections.map(({ id, name }) => (
            <ChoiceField
              key={id}
              name={guestsField(id)}
              label={words.guestsThrough(name)}
              none={words.asAbove}
              options={words.guestRules}
              value={policy.connectionGuests[id] ?? null}
            />
          ))}
          <ChoiceField
            name="idpInitiated"
            label={words.idpInitiated}
            none={words.byService}
            options={words.idpRules}
            value={policy.idpInitiated}
          />
        </fieldset>
        <fieldset>
          <legend>{words.sessions}</legend>
          <NumberField name="idleTimeout" label={words.idle} value={policy.idleTimeout} unit={60} />
          <NumberField
            name="absoluteTimeout"
            label={words.absolute}
            hint={words.limitsHint}
            value={policy.absoluteTimeout}
            unit={3600}
          />
        </fieldset>
        <fieldset>
          <legend>{words.people}</legend>
          <CheckField
            name="justInTime"
            label={words.justInTime}
            hint={words.justInTimeHint}
            value={policy.justInTime}
          />
          <TextField
            name="defaultRole"
            label={words.defaultRole}
            hint={words.defaultRoleHint}
            value={policy.defaultRole}
          />
          <LinesField
            name="groupRoles"
            label={words.groupRoles}
            hint={words.groupRolesHint}
            value={Object.entries(policy.groupRoles).map(([group, role]) => `${group} = ${role}`)}
            fieldRef={roles}
          />
          <LinesField
            name="requiredGroups"
            label={words.requiredGroups}
            hint={words.requiredGroupsHint}
            value={policy.requiredGroups}
          />
        </fieldset>
        {problem && (
          <Alert title={problem.title}>
            <p>{problem.detail}</p>
            <Reference value={problem.requestId} />
          </Alert>
        )}
        <p role="status" className="news">
          {state !== 'idle' && words.states[state]}
        </p>
        <button type="submit" className="button primary" aria-disabled={state === 'saving'}>
          {words.save}
        </button>
      </form>
    </Card>
  );
}
