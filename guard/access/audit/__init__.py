"""What was decided, written down so that a later change shows: rows in chains, checkpoints that are signed."""

from guard.access.audit.opening import audit_folder, open_audit
from guard.access.audit.recording import AuditRecorder, configuration_facts
from guard.access.audit.verifying import Problem, Report, verify
from guard.access.audit.writing import Audit

__all__ = ["Audit", "AuditRecorder", "Problem", "Report", "audit_folder", "configuration_facts", "open_audit", "verify"]
