@rem The command `culprit` of the archive for Windows: starts Culprit with the Node beside it, from anywhere.
@setlocal
@if not defined NODE_ENV set NODE_ENV=production
@"%~dp0node\node.exe" "%~dp0app\dist\src\main.js" %*
