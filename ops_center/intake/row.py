"""What one source knows about one dossier: the shape every file, caller and simulator gives."""

from ops_center.store.dossiers import DossierRow
from ops_center.store.histories import EventRow

__all__ = ["DossierRow", "EventRow"]
