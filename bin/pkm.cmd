@echo off
rem In a virtual environment python.exe lies beside this file, in a plain installation one folder up.
if exist "%~dp0python.exe" (
  "%~dp0python.exe" -m pkm %*
) else (
  "%~dp0..\python.exe" -m pkm %*
)
