// Tags and comments of the responder, as calls of the review stage.
import type { ApiImplementation } from '../../shared/api.ts';
import type { MethodHost } from './method-host.ts';
import { addAnnotations, listAnnotations, removeAnnotation } from './review/annotations.ts';

export function annotationMethods(
  host: MethodHost,
): Pick<ApiImplementation, 'annotations.list' | 'annotations.add' | 'annotations.remove'> {
  return {
    'annotations.list': async ({ eventId }) => ({
      annotations: await host.need().read((connection) => listAnnotations(connection, { eventId })),
    }),
    'annotations.add': async ({ eventIds, kind, text }) => {
      const annotations = await host
        .need()
        .write((connection) => addAnnotations(connection, eventIds, kind, text, host.user()));
      await host.changed('reviewed');
      return { annotations };
    },
    'annotations.remove': async ({ annotationId }) => {
      const annotation = await host.need().write((connection) => removeAnnotation(connection, annotationId));
      await host.changed('reviewed');
      return { annotation };
    },
  };
}
